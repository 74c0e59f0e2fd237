#include "casework/casework.h"

#include "request/command.h"

void casework_guide(struct buf *out)
{
	buf_add_str(out,
		    "Balas surat pemberitahuan SITANTE dari alamat Bapak/Ibu yang terdaftar. Tanpa perintah, seluruh teks baru "
		    "di bagian paling atas dikirim kepada pemohon; kutipan dan tanda tangan di bawahnya tidak ikut.\n\n"
		    "Untuk menggerakkan tiket, tulis perintah di bagian paling atas, satu baris satu perintah. Bila salah satu "
		    "keliru, tidak satu pun dari surat itu dijalankan. Setiap surat dijawab dengan bukti pelaksanaan, lengkap "
		    "dengan teks yang diterima pemohon.\n\n");
	for (int v = 0; v < COMMAND_UNKNOWN; v++)
		buf_addf(out, "- %s — %s\n", command_usage((enum command_verb)v), command_help((enum command_verb)v));
	buf_add_str(out,
		    "\nYang di dalam kurung siku boleh tidak ditulis; garis tegak berarti pilih salah satu. Bila keaslian surat "
		    "tidak terbukti, SITANTE bertanya dahulu ke alamat terdaftar: cukup jawab \"ya\".\n\n"
		    "Jangan pernah meminta passphrase, kata sandi, atau OTP kepada pemohon.\n");
}
