Subject: Pesan singkat: permohonan diterima

SITANTE: permohonan Bapak/Ibu sudah kami terima dengan nomor {{number}}. Petugas segera memeriksanya. Terima kasih.
