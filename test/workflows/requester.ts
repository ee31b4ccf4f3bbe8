import type { Requester } from '../../workflows/pair-requests.ts';

/** A run of a gateway that sends its pair requests. */
export const REQUESTER: Requester = {
  gateway: { resourceType: 'vpn_gateway', resourceId: 'one', version: 1 },
  run: 'a run',
  name: 'one',
  routers: {
    primary: { role: 'primary', id: 'A', name: 'MX-1' },
    secondary: { role: 'secondary', id: 'B', name: 'MX-2' },
  },
};
