/** The workflow runtime expects it among its globals. To be loaded before the runtime. */
import { AsyncLocalStorage } from 'node:async_hooks';

Object.assign(globalThis, { AsyncLocalStorage });
