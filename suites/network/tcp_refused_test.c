/*
 * tcp_refused_test [ADDRESS [PORT]]: a port where nobody listens refuses the connection.
 * A kernel that does not handle a segment with RST waits here until its patience ends.
 * Sabotage: connect
 */
#include "check.h"
#include "peer.h"

static int is_refused(struct sockaddr_in address)
{
    int connection = connect_to(address);
    int error = errno;
    if (connection >= 0)
        close(connection);
    errno = error;
    return connection == -1 && error == ECONNREFUSED;
}

/* An address of this machine with a port that was free a moment ago. */
static struct sockaddr_in free_port(void)
{
    struct sockaddr_in address = internet_address("127.0.0.1", 0);
    socklen_t size = sizeof address;
    int bound = socket(AF_INET, SOCK_STREAM, 0);
    bind(bound, (struct sockaddr *)&address, sizeof address);
    getsockname(bound, (struct sockaddr *)&address, &size);
    close(bound);
    return address;
}

int main(int argc, char *argv[])
{
    struct sockaddr_in other = peer(argc, argv, DISCARD_PORT);
    plan(4);
    if (!check(is_refused(other), "the peer refuses a port without a listener"))
        return done();
    int always = 1;
    for (int round = 0; round < 10; round++)
        always = always && is_refused(other);
    check(always, "again and again");
    check(is_refused(free_port()), "the machine itself refuses a port without a listener");

    /* The same in one blocking call. */
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    check(connect(connection, (struct sockaddr *)&other, sizeof other) == -1 && errno == ECONNREFUSED,
          "a connect that waits says so itself");
    close(connection);
    return done();
}
