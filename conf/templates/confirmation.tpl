Subject: Mohon konfirmasi: benarkah ini surat Bapak/Ibu?

Yth. Bapak/Ibu petugas,

Kami menerima surat atas nama Bapak/Ibu yang belum dapat kami pastikan keasliannya. Isinya BELUM dijalankan.

Diterima : {{received_at}}
{{?number}}
Nomor tiket : {{number}}
{{/number}}
Isi : {{commands}}
{{?proof_level}}
Keaslian : {{proof_level}}
{{/proof_level}}

Bila benar Bapak/Ibu yang mengirimnya, balas surat ini dengan satu kata: Ya. Isinya lalu dijalankan satu kali.

Bila bukan, abaikan saja surat ini, atau balas dengan: Tidak. Konfirmasi ini berlaku {{confirmation_life}}.

{{mailbox_name}}
{{agency}}
