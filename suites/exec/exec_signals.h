/* What exec_signals_check compares: the bits of its answer. */
#ifndef TWINBOOT_EXEC_SIGNALS_H
#define TWINBOOT_EXEC_SIGNALS_H

enum { HANDLED = 1, IGNORED = 2, DEFAULTED = 4, MASK = 8, PENDING = 16, ALARM = 32 };

#endif
