rule PowerShell_Download_And_Run
{
    meta:
        points = 60
        description = "loads code from the internet with PowerShell and runs it"
    strings:
        $load = /\b(downloadstring|invoke-webrequest|iwr|irm|invoke-restmethod)\b/ ascii wide nocase
        $run = /(\biex\b|invoke-expression)/ ascii wide nocase
        $shell = "powershell" ascii wide nocase
    condition:
        filesize < 2MB and $load and $run and $shell and not uint16(0) == 0x5A4D
}

rule Amsi_Bypass
{
    meta:
        points = 70
        description = "switches off the script scanner of Windows"
    strings:
        $class = "AmsiUtils" ascii wide nocase
        $flag = "amsiInitFailed" ascii wide nocase
        $buffer = "AmsiScanBuffer" ascii wide
        $protect = "VirtualProtect" ascii wide
    condition:
        filesize < 2MB and (all of ($class, $flag) or all of ($buffer, $protect)) and not uint16(0) == 0x5A4D
}

rule Telegram_Credential_Sender
{
    meta:
        points = 50
        description = "a page that asks for a password and talks to a Telegram bot"
    strings:
        $bot = "api.telegram.org/bot" ascii wide nocase
        $field = /type\s{0,5}=\s{0,5}["']?password/ ascii nocase
    condition:
        filesize < 5MB and $bot and $field
}
