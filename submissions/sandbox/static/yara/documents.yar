/* Own rules of Mail Monitor. meta: points (0 to 100), description (for people). */

rule Office_Template_Injection_Setting
{
    meta:
        points = 40
        description = "a settings part names a template on a web server by its IP address"
    strings:
        $link = /attachedTemplate"[^>]{0,200}Target="https?:\/\/\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/ nocase
    condition:
        $link
}

rule Follina_Diagnostic_Tool
{
    meta:
        points = 90
        description = "calls the Windows diagnostic tool (CVE-2022-30190)"
    strings:
        $tool = "ms-msdt:" ascii wide nocase
        $option = /IT_(BrowseForFile|RebrowseForFile|LaunchMethod)/ ascii wide nocase
    condition:
        $tool and $option
}

rule Rtf_Equation_Shellcode_Marks
{
    meta:
        points = 60
        description = "an equation object that names a command (CVE-2017-11882)"
    strings:
        $rtf = "{\\rt"
        $equation = "4571756174696f6e2e33" nocase
        $command = /6d73687461|636d642e657865|706f7765727368656c6c|57696e45786563/ nocase
    condition:
        $rtf at 0 and $equation and $command
}
