/* What crosses the wall to the examiner (program sitante-examiner), and the client's view of it.
 *
 * One process for the files of one mail (base/program.h): it gets the request, the raw mail or the bare file, and ends when
 * it has written a value for each file.  It is a program of its own and no child of the reader's zygote: libqpdf and GnuTLS
 * are mapped only while something is examined, and a file that kills it costs no mail its reading.
 */
#ifndef SITANTE_PORT_EXAMINER_H
#define SITANTE_PORT_EXAMINER_H

#include "base/program.h"
#include "evidence/evidence.h"
#include "message/message.h"

struct examiner_file {
	const char *name;
	enum evidence_kind kind;
	uint32_t attachment;          /* its place in the mail */
	bool bare;                    /* the file itself lies at the descriptor; else part of a mail: */
	struct mail_attachment where; /* raw_offset, raw_length, size, encoding */
};

struct examiner_request {
	struct instant at;        /* now */
	const struct span *roots; /* the operator's files of trusted certificates, as they are */
	size_t n_roots;
	struct examiner_file *files;
	size_t n_files; /* at most LIMIT_EVIDENCE_FILES */
};

void examiner_encode(const struct examiner_request *q, struct buf *out);
/* 0; 1 not such a value; -ENOMEM.  Roots are borrowed from the bytes. */
int examiner_decode(struct span s, struct arena *a, struct examiner_request *out) MUST_USE;

/* The attachments of a mail that are examined, in their order; *n at most LIMIT_EVIDENCE_FILES. */
int examiner_choose(const struct message *m, struct arena *a, struct examiner_file **out, size_t *n) MUST_USE;

/* fd: the raw mail, or the file; borrowed.  0; -errno. */
int examiner_start(const struct examiner_request *q, int fd, struct program_child *c, struct error *err) MUST_USE;
/* A value for each file of the request, in a: FAILED for those that the process died on or did not come to; err then says
 * how it ended.  0; -ENOMEM. */
int examiner_finish(struct program_child *c, const struct examiner_request *q, struct arena *a, struct evidence_file **out,
		    struct error *err) MUST_USE;

#endif
