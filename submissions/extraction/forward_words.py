"""What mail programs call the fields of a forwarded mail, the line before it, and forwards and replies in subjects.

Labels are separated by `|`, in small letters, without their colon; one line for a group of languages. The rules of
`forward_blocks` need none of these words; the words make them sure.
"""

_LABELS: dict[str, tuple[str, ...]] = {
    "from": (
        "from|de|von|da|van|mittente|remitente|remetente|expéditeur|absender|afzender|de la|expeditorul",
        "expeditor|od|od koho|odesílatel|odosielateľ|nadawca|šalje|pošiljatelj|pošilja|pošiljalac|feladó",
        "küldő|saatja|kellelt|fra|från|frá|avsender|afsender|avsändare|sendandi|lähettäjä|nuo|no|sūtītājs",
        "siuntėjas|kimden|gönderen|od-a|от|от кого|отправитель|від|від кого|відправник|од|шаље|пошиљалац",
        "подател|изпращач|από|αποστολέας|ад|ад каго|发件人|寄件者|寄件人|發件人|送信者|送信元|差出人",
        "보낸 사람|보낸사람|보낸이|발신|발신자|보내는 사람|من|المرسل|מאת|จาก|ผู้ส่ง|từ|người gửi|dari",
        "pengirim|remitent|emissor",
    ),
    "to": (
        "to|an|à|a|para|aan|do|komu|pre|destinataire|destinatario|destinatário|empfänger|pour|per a|per",
        "címzett|către|destinatarul|destinatar|catre|prima|za|primatelj|primalac|prejemnik|adresat",
        "odbiorca|příjemce|kime|alıcı|til|till|mottaker|mottagare|modtager|viðtakandi|vastaanottaja",
        "adressaat|saaja|kellele|kam|iki|gavėjas|saņēmējs|кому|до|за|прима|получатель|одержувач|отримувач",
        "получател|прималац|προς|παραλήπτης|каму|收件人|收件者|宛先|送信先|받는 사람|받는사람|받는이|수신",
        "수신자|إلى|الى|المستلم|אל|נמען|ถึง|đến|tới|người nhận|kepada|untuk|penerima|destinatari",
    ),
    "cc": (
        "cc|c.c|kopie|kopie (cc)|kopie an|copie|copie à|copia|copia para|cópia|con copia|kopia|kopi|kopio",
        "kópia|afrit|copia per|másolat|másolatot kap|dw|do wiadomości|copie carbon|în copie|kopija|kop|kp",
        "v vednost|koopia|bilgi|másolatot kapnak|копия|копія|копие|як|копија|коп|κοιν|κοινοποίηση|кoпие",
        "a/c|kopi til|kopia till|dk|抄送|抄送人|副本|副本抄送|참조|نسخة|نسخة إلى|עותק|העתק|สำเนา|สำเนาถึง",
        "đồng gửi|tembusan",
    ),
    "bcc": ("bcc|cci|cco|ccn|blindkopie|skrytá kopie|密送|密件副本|숨은 참조|скрытая копия|udw|bcco",),
    "date": (
        "date|sent|sent on|date sent|sent at|datum|gesendet|gesendet am|envoyé|envoyé le",
        "date d'envoi|fecha|enviado|enviado el|enviado em|enviada|enviada em|fecha de envío|data",
        "data de envio|inviato|inviato il|data invio|verzonden|data wysłania|wysłano|wysłane|odesláno",
        "odoslané|dátum|dátum odoslania|elküldve|küldve|küldés dátuma|trimis|dată|data trimiterii|tarih",
        "gönderildi|gönderilme|gönderilme tarihi|gönderilen|gönderim|poslano|poslato|послано|послато",
        "poslané|dato|sendt|skickat|dags|dagsetning|lähetetty|päiväys|päivämäärä|pvm|kuupäev|saadetud",
        "saatmisaeg|išsiųsta|siųsta|nosūtīts|nosūtīja|datums|дата|дата отправки|отправлено|надіслано",
        "відправлено|изпратено|изпратен|дана|датум|адпраўлена|στάλθηκε|απεστάλη|αποστολή|ημερομηνία|ημ/νία",
        "enviat|enviat el|data d'enviament|发送时间|发送日期|发件时间|日期|时间|寄件日期|傳送時間|傳送日期",
        "已傳送|時間|發送時間|送信日時|日時|日付|送信日|보낸 날짜|날짜|보낸날짜|발송일|보낸 시간|일시",
        "التاريخ|تاريخ|تم الإرسال|تاريخ الإرسال|أرسلت|أرسل|נשלח|תאריך|נשלח בתאריך|ส่ง|ส่งเมื่อ|วันที่|ngày",
        "đã gửi|ngày gửi|gửi lúc|thời gian|vào|tanggal|dikirim|terkirim|tanggal kirim",
    ),
    "subject": (
        "subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|temat|předmět|predmet|věc|tárgy",
        "subiect|subiectul|konu|emne|ämne|efni|aihe|otsikko|tema|teema|temats|tēma|naslov|zadeva|title",
        "thema|assumpte|titel|тема|относно|предмет|наслов|тэма|θέμα|件名|题目|主题|主旨|標題|标题|題名",
        "제목|الموضوع|موضوع|נושא|เรื่อง|หัวเรื่อง|หัวข้อ|chủ đề|tiêu đề|perihal|subjek|judul",
    ),
    "reply_to": (
        "reply-to|reply to|antwort an|antworten an|répondre à|responder a|rispondi a|antwoord aan",
        "odpověď na|svar til|svara till|vastaus|vastausosoite|odgovori na|válaszcím|odpowiedź-do",
        "răspuns către|ответ-кому|odpovedať-pre|yanıt adresi|кому відповісти|返信先|回复至|回覆至|答复",
        "답장 받는 사람|résponse à|απάντηση προς|الرد إلى|השב אל|ตอบกลับ|trả lời",
    ),
    "other": (
        "message-id|in-reply-to|references|received|return-path|delivered-to|mime-version|content-type",
        "user-agent|content-transfer-encoding|sender|mailing-list|list-id|list-unsubscribe|precedence",
        "dkim-signature|errors-to|authentication-results|received-spf|arc-seal|importance|priority",
        "sensitivity|attachments|attachment|wichtigkeit|priorität|vertraulichkeit|anlagen|anhänge",
        "importancia|pièces jointes|datos adjuntos|allegati|priorità|anexos|prioridade|bijlagen|urgentie",
        "załączniki|ważność|přílohy|důležitost|prílohy|organization|вложения|важность|附件|重要性",
        "添付ファイル|重要度|첨부 파일|중요도|المرفقات|קבצים מצורפים|categories|kategorien|flag",
    ),
}  # fmt: skip


def by_word(table: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What each word may mean: languages share some."""
    meanings: dict[str, tuple[str, ...]] = {}
    for meaning, lines in table.items():
        for word in "|".join(lines).split("|"):
            meanings[word] = (*meanings.get(word, ()), meaning)
    return meanings


LABELS = by_word(_LABELS)

_FORWARDED: tuple[str, ...] = (
    "forwarded message|begin forwarded message|start of forwarded message|forwarded by|forwarded mail",
    "fwd.msg|weitergeleitete nachricht|weitergeleiteten nachricht|weitergeleitet von|weitergeleitete mail",
    "message transféré|message réexpédié|message transmis|transféré par|mensaje reenviado|reenviado por",
    "messaggio inoltrato|mensagem encaminhada|mensagem reencaminhada|doorgestuurd bericht",
    "przekazana wiadomość|przekazanej wiadomości|przekazywanej wiadomości|přeposlaná zpráva",
    "přeposílané zprávy|preposlaná správa|preposlanej správy|továbbított|mesaj redirecționat",
    "mesajul redirecționat|iletilmiş mesaj|iletilen ileti|i̇leti başlangıcı|ileti başlangıcı",
    "пересылаемое сообщение|перенаправленное сообщение|переадресованного сообщения|пересланное сообщение",
    "переслане повідомлення|перенаправлене повідомлення|листа, що пересилається|препратено съобщение",
    "препратеното съобщение|прослеђена порука|прослеђене поруке|prosleđena poruka|prosleđene poruke",
    "proslijeđena poruka|proslijeđenu poruku|posredovano sporočilo|posredovanega sporočila",
    "προωθημένο μήνυμα|προωθημένου μηνύματος|videresendt|vidarebefordrat|välitetty viesti",
    "edelleenlähetetty|áframsend|persiųstas|persiunčiamo|pārsūtīt|edastatud|missatge reenviat",
    "転送メッセージ|転送されたメッセージ|メッセージを転送|转发邮件|转发的|转发的消息|轉寄郵件|轉寄的|転送",
    "전달된 메시지|전달된 메일|المعاد توجيهها|معاد توجيهها|הודעה שהועברה|ההודעה שהועברה|ข้อความที่ส่งต่อ",
    "chuyển tiếp|diteruskan",
)
FORWARDED = frozenset("|".join(_FORWARDED).split("|"))

_ORIGINAL: tuple[str, ...] = (
    "original message|original mail|ursprüngliche nachricht|originalnachricht|original-nachricht",
    "message d'origine|message original|mensaje original|messaggio originale|mensagem original",
    "oorspronkelijk bericht|origineel bericht|oryginalna wiadomość|wiadomość oryginalna|původní zpráva",
    "pôvodná správa|eredeti üzenet|mesaj original|özgün ileti|orijinal mesaj|исходное сообщение",
    "оригинальное сообщение|вихідне повідомлення|оригінальне повідомлення|izvorna poruka|originalna poruka",
    "izvirno sporočilo|оригинална порука|оригинално съобщение|αρχικό μήνυμα|oprindelig meddelelse",
    "ursprungligt meddelande|originalmeddelande|opprinnelig melding|alkuperäinen viesti",
    "upprunaleg skilaboð|pradinis laiškas|pradinis pranešimas|sākotnējais ziņojums|algne sõnum|algsõnum",
    "missatge original|元のメッセージ|邮件原件|原始邮件|原始郵件|원본 메시지|원본 메일|الرسالة الأصلية",
    "הודעה מקורית|ข้อความต้นฉบับ|thư gốc|pesan asli",
)
ORIGINAL = frozenset("|".join(_ORIGINAL).split("|"))

_FORWARD_PREFIXES = (
    "fw|fwd|wg|tr|rv|i|enc|vs|vb|vl|vidr|pd|fs|ps|ilt|i̇lt|redir|doorst|trs|továbbítás|továbbít|прп|пересл|нп|πρθ",
    "转发|轉寄|전달|転送|إعادة توجيه|הועבר|chuyển tiếp|videresend",
)
FORWARD_PREFIXES = frozenset("|".join(_FORWARD_PREFIXES).split("|"))
_REPLY_PREFIXES = (
    "re|aw|antw|sv|odp|ré|rép|r|rif|res|vá|vast|ynt|yan|απ|σχετ|отв|відп|bls|ats|atb|одг|odg",
    "回复|回覆|答复|답장|회신|返信|رد|השב|trả lời",
)
REPLY_PREFIXES = frozenset("|".join(_REPLY_PREFIXES).split("|"))
_WROTE = (
    "wrote|schrieb|a écrit|escribió|ha scritto|scritto|escreveu|geschreven|schreef|napisał|napisała|napsal",
    "napísal|írta|a scris|yazdı|написал|написала|пише|написав|napisao|napisala|написа|έγραψε|skrev",
    "kirjoitti|skrifaði|rašė|rakstīja|kirjutas|va escriure|のメール|書きました|写道|寫道|작성|كتب|כתב",
    "เขียน|đã viết|menulis",
)
WROTE = frozenset("|".join(_WROTE).split("|"))
