/** Addresses at which a worker listens: `host:port` or `[host]:port`, as the options have them. */
import { lookup } from 'node:dns/promises';

export function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replaceAll(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
}

/** The address with an IP address in place of the host's name. Rejects if the name stands for none. */
export async function numericAddress(address: string): Promise<string> {
  const { host, port } = hostAndPort(address);
  const found = await lookup(host);
  return `${found.family === 6 ? `[${found.address}]` : found.address}:${port}`;
}
