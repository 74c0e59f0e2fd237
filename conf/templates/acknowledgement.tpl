Subject: Surat Bapak/Ibu sudah kami terima

Yth. Bapak/Ibu,

{{?neutral}}
Terima kasih, surat Bapak/Ibu sudah kami terima dan kami teruskan kepada petugas. Bila ada yang perlu ditanyakan, petugas akan menghubungi Bapak/Ibu.
{{/neutral}}
{{?joined}}
Terima kasih, surat Bapak/Ibu sudah kami terima. Permohonan untuk orang yang sama sedang kami proses, sehingga surat ini kami gabungkan ke permohonan nomor {{number}}. Bapak/Ibu tidak perlu mengirim ulang.
{{/joined}}
{{?opened}}
Terima kasih, permohonan Bapak/Ibu sudah kami terima dan tercatat sebagai berikut.

Nomor : {{number}}
Jenis : {{kind}}
Diterima : {{received_at}}

{{?paper}}
Permohonan ini masuk sebagai surat, dan kami catat supaya kelanjutannya dapat dikabarkan lewat email.

{{/paper}}
{{?held_until}}
Menurut tanggal masa berlaku yang disebutkan, sertifikatnya belum dapat diperbaharui sekarang. Permohonan ini kami simpan, lalu kami proses dengan sendirinya pada hari tersebut. Bapak/Ibu tidak perlu mengirim ulang.

Diproses mulai : {{held_until}}
{{/held_until}}
{{!held_until}}
Selanjutnya petugas memeriksa permohonan ini, dan hasilnya kami kabarkan lewat email.

{{?deadline}}
Paling lambat : {{deadline}}
{{/deadline}}
{{/held_until}}

{{?missing}}
Supaya dapat segera kami proses, mohon lengkapi data berikut dengan membalas surat ini:

{{missing}}

{{/missing}}
{{/opened}}
{{?secret}}
# Segera ganti kata sandi Bapak/Ibu

Surat Bapak/Ibu memuat passphrase, kata sandi, atau kode OTP. Demi keamanan, bagian itu sudah kami hapus. Mohon segera menggantinya. Petugas kami tidak pernah memintanya, jadi jangan pernah mengirimkannya kepada siapa pun.

{{/secret}}
Surat ini dibuat secara otomatis. Untuk bertanya atau menambahkan keterangan, cukup balas surat ini.

Hormat kami,
{{mailbox_name}}
{{agency}}
