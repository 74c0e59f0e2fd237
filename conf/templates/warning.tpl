Subject: Peringatan keamanan atas nama Bapak/Ibu

Yth. {{recipient_name}},

{{?forged}}
Kami menerima surat yang memakai alamat Bapak/Ibu, tetapi pemeriksaan keaslian (DMARC) gagal. Surat itu tampaknya palsu. Isinya tidak dijalankan dan disimpan sebagai bukti.
{{/forged}}
{{?unproven}}
Kami menerima surat yang memakai alamat Bapak/Ibu, tetapi keasliannya tidak terbukti dan surat itu tidak membalas pemberitahuan milik Bapak/Ibu. Isinya tidak dijalankan. Bila memang Bapak/Ibu yang mengirim, balaslah pemberitahuan tiketnya.
{{/unproven}}
{{?leaked}}
Surat pemberitahuan milik Bapak/Ibu dipakai oleh alamat lain: {{leaked_by}}. Mungkin pemberitahuan itu diteruskan kepada orang lain. Kunci di dalamnya sudah kami cabut; isi surat dari alamat itu tidak dijalankan sebagai perintah. Mohon tidak meneruskan pemberitahuan SITANTE ke luar tim.

Untuk tiket yang sama, pemberitahuan berikutnya dari kami membawa kunci yang baru.
{{/leaked}}

{{?received_at}}
Diterima : {{received_at}}
{{/received_at}}
{{?number}}
Nomor tiket : {{number}}
{{/number}}

Bila Bapak/Ibu merasa tidak mengenali kejadian ini, mohon segera beri tahu operator dan periksa keamanan kotak surat. Peringatan seperti ini dikirim paling banyak satu kali dalam satu jam.

{{mailbox_name}}
{{agency}}
