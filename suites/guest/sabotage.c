/*
 * A function that claims success and does nothing, linked in place of one libc function (-Wl,--wrap=NAME) to prove that a
 * test program can fail. Each program names its function in its first comment: "Sabotage: kill".
 */
long SABOTAGED(void);
long SABOTAGED(void)
{
    return 0;
}
