/* Writes the guide for staff as a page (Markdown) while SITANTE is built: the very text that /bantuan answers. */
#include "casework/casework.h"

#include <stdio.h>

int main(void)
{
	AUTO_BUF b = BUF_INIT(64 * 1024);
	buf_add_str(&b, "# SITANTE: panduan petugas\n\n");
	casework_guide(&b);
	return buf_status(&b) == 0 && fwrite(b.p, 1, b.n, stdout) == b.n && fflush(stdout) == 0 ? 0 : 1;
}
