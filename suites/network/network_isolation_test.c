/*
 * network_isolation_test [ADDRESS [PORT]]: the machine reaches the peer and nobody else.
 * It proves the harness rather than the kernel: no test may depend on, or disturb, what happens to be around the host.
 * All connections are tried at the same time, the peer last of all; where it answers, the others would have by then,
 * or within the while that they are given on top.
 * Sabotage: connect
 */
#include "check.h"
#include "peer.h"

static const struct {
    const char *address;
    int port;
    const char *name;
} outside[] = {
    {"10.0.2.2", 22, "the gateway's port 22 is out of reach"},
    {"10.0.2.2", 80, "the gateway's port 80 is out of reach"},
    {"10.0.2.2", 8080, "the gateway's port 8080 is out of reach"},
    {"192.0.2.1", 80, "an address of the world is out of reach"}, /* TEST-NET-1 of RFC 5737: nobody has it. */
};

enum { OUTSIDE = sizeof outside / sizeof outside[0], ON_TOP_MS = 1500 };

/* Gives the connections a while. Returns only once that is over, or all have ended one way or the other. */
static void give_time(const int connections[OUTSIDE])
{
    struct pollfd entries[OUTSIDE];
    int open_count = OUTSIDE;
    for (int index = 0; index < OUTSIDE; index++)
        entries[index] = (struct pollfd){connections[index], POLLOUT, 0};
    while (open_count > 0 && poll(entries, OUTSIDE, ON_TOP_MS) > 0) {
        open_count = 0;
        for (int index = 0; index < OUTSIDE; index++) {
            if (entries[index].revents)
                entries[index].fd = -1;
            open_count += entries[index].fd >= 0;
        }
    }
}

static int is_connected(int connection)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    return connection >= 0 && getpeername(connection, (struct sockaddr *)&address, &size) == 0;
}

int main(int argc, char *argv[])
{
    int connections[OUTSIDE];
    plan(1 + OUTSIDE);
    for (int index = 0; index < OUTSIDE; index++)
        connections[index] = begin_connect(internet_address(outside[index].address, outside[index].port));
    int inside = connect_to(peer(argc, argv, ECHO_PORT));
    check(is_connected(inside), "the peer is reached");
    give_time(connections);
    for (int index = 0; index < OUTSIDE; index++) {
        check(!is_connected(connections[index]), outside[index].name);
        if (connections[index] >= 0)
            close(connections[index]);
    }
    if (inside >= 0)
        close(inside);
    return done();
}
