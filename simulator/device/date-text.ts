/** Dates and spans as Junos prints them. */

/** `2024-01-02 03:04:05 UTC` */
export function dateText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `00:01:30`, or `2d 00:01` from a day on. */
export function idleText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}`;
  const days = Math.floor(seconds / 86_400);
  return days > 0 ? `${days}d ${clock}` : `${clock}:${two(seconds % 60)}`;
}
