Subject: Pesan singkat: pemberitahuan

{{?opened}}
SITANTE: permohonan {{number}} sudah kami terima. Rinciannya kami kirim lewat email. Terima kasih.
{{/opened}}
{{!opened}}
SITANTE: sertifikat elektronik untuk permohonan {{number}} sudah terbit. Rinciannya kami kirim lewat email.
{{/opened}}
