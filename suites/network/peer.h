/*
 * The other end, and waiting for it.
 *
 * Every program takes an address and a port as its arguments; without them it speaks to the harness, which offers its
 * services at 10.0.2.100. Waits are bounded only so that a test that fails comes to its end: patience is far longer
 * than any machine needs.
 */
#ifndef TWINBOOT_PEER_H
#define TWINBOOT_PEER_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 30 * 1000, ECHO_PORT = 7, DISCARD_PORT = 9, HTTP_PORT = 80 };

__attribute__((unused)) static struct sockaddr_in internet_address(const char *digits, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    inet_pton(AF_INET, digits, &address.sin_addr);
    return address;
}

/* The address and port from the arguments, or the harness's service at the default port. */
__attribute__((unused)) static struct sockaddr_in peer(int argc, char *argv[], int default_port)
{
    return internet_address(argc > 1 ? argv[1] : "10.0.2.100", argc > 2 ? atoi(argv[2]) : default_port);
}

/* Waits until the socket is ready. Returns whether it is; the reason may be an error that the next call tells. */
__attribute__((unused)) static int wait_for(int connection, short events)
{
    struct pollfd entry = {connection, events, 0};
    return poll(&entry, 1, PATIENCE_MS) == 1;
}

/* Starts to connect without waiting. Returns the socket, or -1 where it is refused at once. */
__attribute__((unused)) static int begin_connect(struct sockaddr_in address)
{
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connection < 0)
        return -1;
    if (fcntl(connection, F_SETFL, O_NONBLOCK) == 0
        && (connect(connection, (struct sockaddr *)&address, sizeof address) == 0 || errno == EINPROGRESS))
        return connection;
    int error = errno;
    close(connection);
    errno = error;
    return -1;
}

/* Ends a connect that begin_connect() started and that is ready. Returns 0, or the error of the connection. */
__attribute__((unused)) static int connect_error(int connection)
{
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(connection, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/* Connects. Returns a socket whose calls wait, or -1 with the error in errno. */
__attribute__((unused)) static int connect_to(struct sockaddr_in address)
{
    int connection = begin_connect(address);
    if (connection < 0)
        return -1;
    int error = wait_for(connection, POLLOUT) ? connect_error(connection) : ETIMEDOUT;
    if (error == 0 && fcntl(connection, F_SETFL, 0) == 0)
        return connection;
    close(connection);
    errno = error;
    return -1;
}

/* Sends all bytes. Returns whether they were taken. */
__attribute__((unused)) static int send_all(int connection, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length > 0) {
        ssize_t sent = wait_for(connection, POLLOUT) ? send(connection, next, length, MSG_NOSIGNAL) : -1;
        if (sent <= 0)
            return 0;
        next += sent;
        length -= (size_t)sent;
    }
    return 1;
}

/* Receives up to `length` bytes, fewer only where the other end stops. Returns their number, -1 for an error. */
__attribute__((unused)) static ssize_t receive_all(int connection, void *bytes, size_t length)
{
    char *place = bytes;
    size_t total = 0;
    while (total < length) {
        ssize_t got = wait_for(connection, POLLIN) ? recv(connection, place + total, length - total, 0) : -1;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        total += (size_t)got;
    }
    return (ssize_t)total;
}

#endif
