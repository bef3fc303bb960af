/*
 * exec_report_check: writes its arguments and environment to standard output in the form of report.h.
 * Helper of exec_argv_test, exec_envp_test, exec_e2big_test, exec_script_test and exec_path_test.
 */
#include "report.h"

int main(int argc, char *argv[], char *envp[])
{
    static char bytes[REPORT_SIZE];
    if (argc < 0 || argv[argc] != NULL)
        return 1;
    size_t length = append_list(bytes, append_list(bytes, 0, argv), envp);
    for (size_t sent = 0; sent < length;) {
        ssize_t wrote = write(STDOUT_FILENO, bytes + sent, length - sent);
        if (wrote <= 0)
            return 2;
        sent += (size_t)wrote;
    }
    return ARRIVED;
}
