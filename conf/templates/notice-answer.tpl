Subject: Jawaban pemohon

Yth. {{recipient_name}},

Ada surat baru untuk tiket ini.

Nomor : {{number}}
Jenis : {{kind}}
Keadaan : {{state}}
Pengirim : {{sender}}
Keaslian : {{sender_proof}}
Subjek : {{subject}}
Masuk : {{received_at}}
{{?assigned}}
Petugas : {{assigned}}
{{/assigned}}

{{?joined}}
{{joined}}

{{/joined}}
{{?ended}}
{{ended}}

{{/ended}}
{{?filled}}
Data yang terisi dari surat ini: {{filled}}.

{{/filled}}
{{?notes}}
# Perlu diperhatikan

- {{notes}}

{{/notes}}
{{?missing}}
# Masih belum lengkap

{{missing}}

{{/missing}}
{{?secret}}
Surat ini memuat passphrase, kata sandi, atau OTP. Bagian itu sudah dihapus. Mohon ingatkan pemohon untuk segera menggantinya.

{{/secret}}
{{?unreadable}}
{{unreadable}}

{{/unreadable}}
# Isi surat

{{?quoted}}
| {{quoted}}
{{?quoted_cut}}

(Teksnya panjang; selanjutnya ada pada surat aslinya.)
{{/quoted_cut}}
{{/quoted}}
{{!quoted}}
(Surat ini tidak berisi teks baru.)
{{/quoted}}

{{?evidence}}
# Hasil pemeriksaan berkas

{{evidence}}

{{/evidence}}
{{?attachments}}
# Lampiran

{{attachments}}

{{?dangerous}}
PERINGATAN: ada lampiran yang dapat menjalankan program. Jangan membukanya.

{{/dangerous}}
{{/attachments}}
{{?last_today}}
{{last_today}}

{{/last_today}}
Balas surat ini untuk menjawab pemohon, atau tulis perintah pada baris pertama (/bantuan untuk daftarnya).
