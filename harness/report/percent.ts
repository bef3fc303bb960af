/** `99.0 %`. Only all of them are 100 %: 9,999 of 10,000 are 99.9 %. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return 'n/a';
  if (part === whole) return '100 %';
  return `${Math.min(99.9, Math.round((part / whole) * 1_000) / 10).toFixed(1)} %`;
}
