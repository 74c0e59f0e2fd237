Subject: Mohon konfirmasi: benarkah ini surat Bapak/Ibu?

Yth. Bapak/Ibu petugas,

{{?sms}}
Pesan singkat Bapak/Ibu cukup panjang, jadi kami tanyakan dahulu sebelum mengirimnya: {{sms}}. Pesannya BELUM dikirim.
{{/sms}}
{{!sms}}
Kami menerima surat atas nama Bapak/Ibu yang belum dapat kami pastikan keasliannya. Isinya BELUM dijalankan.
{{/sms}}

Diterima : {{received_at}}
{{?number}}
Nomor tiket : {{number}}
{{/number}}
Isi : {{commands}}
{{?proof_level}}
Keaslian : {{proof_level}}
{{/proof_level}}

{{?sms}}
Untuk mengirimnya, balas surat ini dengan satu kata: Ya. Untuk memendekkannya, abaikan surat ini dan kirim perintah yang baru.
{{/sms}}
{{!sms}}
Bila benar Bapak/Ibu yang mengirimnya, balas surat ini dengan satu kata: Ya. Isinya lalu dijalankan satu kali.
{{/sms}}

Bila bukan, abaikan saja surat ini, atau balas dengan: Tidak. Konfirmasi ini berlaku {{confirmation_life}}.

{{mailbox_name}}
{{agency}}
