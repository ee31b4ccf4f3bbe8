/** `<get-system-information>` and `<get-software-information>`: what the router says it is. */

import type { Operation } from '../call.ts';
import { inside, valueOf } from '../config.ts';
import type { Router } from '../router.ts';
import { leaf, wrap } from '../xml.ts';

const MODEL = 'vmx';
const VERSION = '22.2R1.9';

const hostName = (router: Router): string =>
  valueOf(inside(router.effective(), 'system'), 'host-name') ?? router.name;

export const getSystemInformation: Operation = ({ router }) =>
  wrap(
    'system-information',
    [
      leaf('hardware-model', MODEL),
      leaf('os-name', 'junos'),
      leaf('os-version', VERSION),
      leaf('host-name', hostName(router)),
    ].join('\n'),
  );

export const getSoftwareInformation: Operation = ({ router }) =>
  wrap(
    'software-information',
    [
      leaf('host-name', hostName(router)),
      leaf('product-model', MODEL),
      leaf('product-name', MODEL),
      leaf('junos-version', VERSION),
    ].join('\n'),
  );
