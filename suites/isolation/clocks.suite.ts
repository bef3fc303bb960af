import { defineSuite } from 'twinboot';

const UPTIME = 'cut -d. -f1 /proc/uptime';
const RTC = 'cat /sys/class/rtc/rtc0/since_epoch';

/** What a kernel says whose clocks jumped, or whose CPUs were gone for a while. */
const COMPLAINTS = [
  'soft lockup',
  'hard LOCKUP',
  'rcu.*(stall|starved)',
  '(clocksource|TSC).*unstable',
  'time.*(backwards|jumped|warp)',
  'blocked for more than',
  'NETDEV WATCHDOG',
];

/** In a clone, time goes on from the moment at which its template was frozen, however long ago that was. */
defineSuite('clocks', {
  needs: ['posix-shell'],
  atLeast: 4,
  timeout: '2m',
  cases: {
    'the machine is as old as when it was frozen': {
      // A boot may take a minute; a template is used for days.
      run: `up=$(${UPTIME}); echo "$up s"; [ "$up" -lt 600 ]`,
    },
    'the time of day is that of the real-time clock': {
      run: `
before=$(${RTC}); now=$(date +%s); after=$(${RTC})
echo "$before, $now, $after"
[ "$now" -ge $((before - 2)) ] && [ "$now" -le $((after + 2)) ]`,
    },
    'time passes on every clock': {
      run: `
up=$(${UPTIME}); now=$(date +%s); rtc=$(${RTC})
sleep 2
up=$(($(${UPTIME}) - up)); now=$(($(date +%s) - now)); rtc=$(($(${RTC}) - rtc))
echo "$up s of uptime, $now s of the day, $rtc s of the real-time clock"
plausible() { [ "$1" -ge 1 ] && [ "$1" -lt 60 ]; }
plausible $up && plausible $now && plausible $rtc`,
    },
    'the kernel does not complain': {
      run: `
sleep 5
dmesg | sed -n '/Run .init as init process/,$p' >/tmp/log
[ -s /tmp/log ] && ! grep -iE '${COMPLAINTS.join('|')}' /tmp/log`,
    },
  },
});
