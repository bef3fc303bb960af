/* Sending bytes to somebody who sends them back. */
#ifndef TWINBOOT_ECHO_H
#define TWINBOOT_ECHO_H

#include "peer.h"

enum { ECHO_CHUNK = 4096 };

/* Byte i of all that is sent: as 251 is prime, a segment that is lost, doubled or swapped never fits in its place. */
__attribute__((unused)) static void fill_echo(char *bytes, size_t length, size_t place)
{
    for (size_t index = 0; index < length; index++)
        bytes[index] = (char)((place + index) % 251);
}

/*
 * Sends so many bytes and receives them back at the same time: whoever sends everything first may find that the other
 * end waits to be read. Returns whether all came back; where they did not, the connection is of no more use.
 */
__attribute__((unused)) static int comes_back(int connection, size_t length)
{
    static char block[ECHO_CHUNK], expected[ECHO_CHUNK];
    size_t sent = 0, received = 0;
    int flags = fcntl(connection, F_GETFL);
    if (flags < 0 || fcntl(connection, F_SETFL, flags | O_NONBLOCK) != 0)
        return 0;
    while (received < length) {
        struct pollfd entry = {connection, sent < length ? POLLIN | POLLOUT : POLLIN, 0};
        if (poll(&entry, 1, PATIENCE_MS) != 1)
            return 0;
        if (entry.revents & POLLOUT) {
            size_t size = length - sent < sizeof block ? length - sent : sizeof block;
            fill_echo(block, size, sent);
            ssize_t took = send(connection, block, size, MSG_NOSIGNAL);
            if (took == 0 || (took < 0 && errno != EAGAIN))
                return 0;
            sent += took > 0 ? (size_t)took : 0;
        }
        if (entry.revents & ~POLLOUT) {
            ssize_t got = recv(connection, block, sizeof block, 0);
            if (got <= 0 || received + (size_t)got > sent)
                return 0;
            fill_echo(expected, (size_t)got, received);
            if (memcmp(block, expected, (size_t)got) != 0)
                return 0;
            received += (size_t)got;
        }
    }
    return fcntl(connection, F_SETFL, flags) == 0;
}

#endif
