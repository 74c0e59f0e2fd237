Subject: Permohonan Bapak/Ibu

Yth. Bapak/Ibu,

{{?declined}}
Terima kasih atas permohonan Bapak/Ibu. Dengan berat hati kami sampaikan bahwa permohonan nomor {{number}} belum dapat kami penuhi, dengan alasan berikut.
{{/declined}}
{{?cancelled}}
Permohonan Bapak/Ibu dengan nomor {{number}} kami tutup, dengan keterangan berikut.
{{/cancelled}}

{{reason}}

Bila keadaannya sudah berubah, atau ada yang ingin ditanyakan, cukup balas surat ini. Kami siap membantu.

Hormat kami,
{{mailbox_name}}
{{agency}}
