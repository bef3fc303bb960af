/*
 * udp_echo_test [ADDRESS [PORT]]: datagrams come back whole, each by itself.
 * A datagram may be lost on its way, also in a test: it is sent again, and late answers to an earlier one
 * are passed over.
 * Sabotage: send
 */
#include "check.h"
#include "peer.h"

enum { LARGEST = 1400, TRIES = 20, ANSWER_MS = 1000 };

static int connection;

/* A datagram is its number and then bytes that follow from it. */
static void fill(unsigned char *bytes, size_t size, unsigned char number)
{
    bytes[0] = number;
    for (size_t index = 1; index < size; index++)
        bytes[index] = (unsigned char)(number * 31 + index % 251);
}

/* Waits for the answer with this number. Returns its size, or -1 where none comes in a while. */
static ssize_t receive_numbered(unsigned char *bytes, size_t room, unsigned char number)
{
    struct pollfd entry = {connection, POLLIN, 0};
    while (poll(&entry, 1, ANSWER_MS) == 1) {
        ssize_t size = recv(connection, bytes, room, 0);
        if (size > 0 && bytes[0] == number)
            return size;
        if (size < 0)
            return -1;
    }
    return -1;
}

/* Sends a datagram until it is answered. Returns the size of what fits of the answer into `room`, or -1. */
static ssize_t exchange(unsigned char *answer, size_t room, size_t size, unsigned char number)
{
    unsigned char sent[LARGEST];
    fill(sent, size, number);
    for (int try = 0; try < TRIES; try++) {
        if (send(connection, sent, size, 0) != (ssize_t)size)
            return -1;
        ssize_t got = receive_numbered(answer, room, number);
        if (got >= 0)
            return got;
    }
    return -1;
}

static int comes_back(size_t size, unsigned char number)
{
    unsigned char expected[LARGEST], answer[LARGEST + 1];
    fill(expected, size, number);
    return exchange(answer, sizeof answer, size, number) == (ssize_t)size && memcmp(answer, expected, size) == 0;
}

/* Sends three datagrams before it looks for an answer, so that they may lie in the queue together. */
static int keep_boundaries(void)
{
    static const size_t sizes[3] = {10, 700, 3};
    unsigned char bytes[LARGEST], answer[LARGEST];
    int seen[3] = {0};
    for (int try = 0; try < TRIES && !(seen[0] && seen[1] && seen[2]); try++) {
        struct pollfd entry = {connection, POLLIN, 0};
        for (unsigned char index = 0; index < 3; index++) {
            fill(bytes, sizes[index], 100 + index);
            if (!seen[index] && send(connection, bytes, sizes[index], 0) != (ssize_t)sizes[index])
                return 0;
        }
        while (!(seen[0] && seen[1] && seen[2]) && poll(&entry, 1, ANSWER_MS) == 1) {
            ssize_t size = recv(connection, answer, sizeof answer, 0);
            int index = size > 0 ? answer[0] - 100 : -1;
            if (index < 0 || index > 2)
                continue;
            fill(bytes, sizes[index], answer[0]);
            if (size != (ssize_t)sizes[index] || memcmp(answer, bytes, sizes[index]) != 0)
                return 0;
            seen[index] = 1;
        }
    }
    return seen[0] && seen[1] && seen[2];
}

int main(int argc, char *argv[])
{
    struct sockaddr_in other = peer(argc, argv, ECHO_PORT);
    unsigned char start[16], expected[16];
    plan(5);
    connection = socket(AF_INET, SOCK_DGRAM, 0);
    check(connection >= 0 && connect(connection, (struct sockaddr *)&other, sizeof other) == 0,
          "a socket is connected");
    if (!check(comes_back(6, 1), "a datagram comes back"))
        return done();
    static const size_t sizes[] = {1, 2, 63, 64, 65, 511, 512, 513, 1024, 1399, LARGEST};
    size_t good = 0;
    while (good < sizeof sizes / sizeof sizes[0] && comes_back(sizes[good], (unsigned char)(10 + good)))
        good++;
    check(good == sizeof sizes / sizeof sizes[0], "so do datagrams of 1 to 1400 bytes");
    check(keep_boundaries(), "three in a row stay three");
    fill(expected, sizeof expected, 200);
    check(exchange(start, sizeof start, 300, 200) == sizeof start && memcmp(start, expected, sizeof start) == 0
              && comes_back(20, 201),
          "what does not fit into the buffer is cut off and not left for the next");
    close(connection);
    return done();
}
