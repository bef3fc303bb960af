/* Sockets that stay within the machine. */
#ifndef TWINBOOT_LOOPBACK_H
#define TWINBOOT_LOOPBACK_H

#include "peer.h"

/* A socket of this type at 127.0.0.1 and a port that the kernel chooses, which goes into `address`; -1 for an error. */
__attribute__((unused)) static int bind_loopback(int type, struct sockaddr_in *address)
{
    socklen_t size = sizeof *address;
    int bound = socket(AF_INET, type, 0);
    *address = internet_address("127.0.0.1", 0);
    if (bound >= 0 && bind(bound, (struct sockaddr *)address, size) == 0
        && getsockname(bound, (struct sockaddr *)address, &size) == 0 && address->sin_port != 0)
        return bound;
    close(bound);
    return -1;
}

#endif
