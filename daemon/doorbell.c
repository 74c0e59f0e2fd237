#include "doorbell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A path in sun_path may be too short for the directory: goes through /proc/self/fd. */
static int address(const char *directory, int *out_dir, struct sockaddr_un *out)
{
	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	*out_dir = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*out_dir < 0)
		return -errno;
	(void)snprintf(out->sun_path, sizeof(out->sun_path), "/proc/self/fd/%d/doorbell", *out_dir);
	return 0;
}

int doorbell_open(const char *directory, struct error *err)
{
	struct sockaddr_un a;
	int dir, r = address(directory, &dir, &a);
	if (r < 0)
		return error_set(err, r, "doorbell: %s", strerror(-r));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	(void)unlinkat(dir, "doorbell", 0); /* left by a killed daemon; the instance lock is ours */
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
		r = -errno;
		if (fd >= 0)
			(void)close(fd);
		fd = error_set(err, r, "doorbell: %s", strerror(-r));
	}
	(void)close(dir);
	return fd;
}

void doorbell_drain(int fd)
{
	char c[16];
	while (recv(fd, c, sizeof(c), MSG_DONTWAIT) > 0)
		;
}

void doorbell_close(int fd, const char *directory)
{
	struct sockaddr_un a;
	int dir;
	if (fd < 0)
		return;
	(void)close(fd);
	if (address(directory, &dir, &a) == 0) {
		(void)unlinkat(dir, "doorbell", 0);
		(void)close(dir);
	}
}

void doorbell_ring(const char *directory)
{
	struct sockaddr_un a;
	int dir;
	if (address(directory, &dir, &a) < 0)
		return;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		(void)sendto(fd, "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&a, sizeof(a));
		(void)close(fd);
	}
	(void)close(dir);
}
