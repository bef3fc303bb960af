/*
 * network_address_test [ADDRESS [PORT]]: the machine has an address of its own from which it reaches the peer.
 * Connecting a datagram socket sends nothing: it has the kernel choose a route and with it the address of an interface.
 * A failure here usually means no driver for the network card, no DHCP, or no route.
 * Sabotage: connect
 */
#include "check.h"
#include "peer.h"

static int is_local(struct sockaddr_in address)
{
    return ntohl(address.sin_addr.s_addr) >> 24 == 127;
}

/* Whether a socket can be bound to this address, at any port. */
static int can_bind(struct sockaddr_in address)
{
    int bound = socket(AF_INET, SOCK_DGRAM, 0);
    address.sin_port = 0;
    int result = bind(bound, (struct sockaddr *)&address, sizeof address);
    int error = errno;
    close(bound);
    errno = error;
    return result == 0;
}

int main(int argc, char *argv[])
{
    struct sockaddr_in other = peer(argc, argv, ECHO_PORT), own = {0}, told = {0};
    socklen_t own_size = sizeof own, told_size = sizeof told;
    char digits[INET_ADDRSTRLEN] = "";
    plan(6);
    int connection = socket(AF_INET, SOCK_DGRAM, 0);
    check(connection >= 0 && connect(connection, (struct sockaddr *)&other, sizeof other) == 0,
          "there is a route to the peer");
    int named = connection >= 0 && getsockname(connection, (struct sockaddr *)&own, &own_size) == 0
        && own.sin_family == AF_INET && own_size == sizeof own;
    inet_ntop(AF_INET, &own.sin_addr, digits, sizeof digits);
    say("# the address is %s", digits);
    check(named && own.sin_addr.s_addr != htonl(INADDR_ANY) && (!is_local(own) || is_local(other)),
          "it begins at an address of the machine");
    check(named && own.sin_port != 0, "the socket has a port of its own");
    check(connection >= 0 && getpeername(connection, (struct sockaddr *)&told, &told_size) == 0
              && told.sin_addr.s_addr == other.sin_addr.s_addr && told.sin_port == other.sin_port,
          "the socket knows its peer");
    check(named && own.sin_addr.s_addr != htonl(INADDR_ANY) && can_bind(own), "a socket can be bound to the address");
    check(!can_bind(internet_address("192.0.2.77", 0)) && errno == EADDRNOTAVAIL,
          "an address that is not the machine's is EADDRNOTAVAIL");
    close(connection);
    return done();
}
