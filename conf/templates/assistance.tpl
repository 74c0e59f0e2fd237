Subject: Tanggapan atas permohonan Bapak/Ibu

{{text}}

Tim Tanda Tangan Elektronik
{{mailbox_name}}
{{agency}}

Untuk menjawab, cukup balas surat ini.
