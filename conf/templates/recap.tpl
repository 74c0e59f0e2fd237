Subject: Rekapitulasi pelayanan sertifikat elektronik, {{period}}

Yth. {{recipient_name}},

Dengan hormat, terlampir rekapitulasi pelayanan sertifikat elektronik untuk {{period}}.

Lembar Register memuat satu baris untuk setiap sertifikat; lembar Rekap memuat jumlah, waktu tiap langkah, dan grafiknya. NIK dan NIP disamarkan.

Hormat kami,
{{mailbox_name}}
{{agency}}
