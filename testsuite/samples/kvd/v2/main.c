/* main.c - the command line. */
#include "server.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int usage(void)
{
    fputs("usage: kvd [-j] [-d FOLDER] [-p PORT] [-t SECONDS] [-f PORT_FILE] | -v\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "jd:p:f:t:v")) != -1) {
        switch (option) {
        case 'j':
            server.with_journal = 1;
            break;
        case 'd':
            server.folder = optarg;
            break;
        case 'p':
            server.port = (unsigned int)strtoul(optarg, NULL, 10);
            break;
        case 't':
            server.timeout = (unsigned int)strtoul(optarg, NULL, 10);
            break;
        case 'f':
            server.port_file = optarg;
            break;
        case 'v':
            puts("kvd " KVD_VERSION);
            return 0;
        default:
            return usage();
        }
    }
    return optind == argc ? server_main() : usage();
}
