/** Puts `AsyncLocalStorage` among the globals, where the workflow runtime expects it. To be loaded before the runtime. */
import { AsyncLocalStorage } from 'node:async_hooks';

Object.assign(globalThis, { AsyncLocalStorage });
