/** Everything that a worker registers by name. */
export { applyGateway, createGateway, deleteGateway, updateGateway } from './change-gateway.ts';
export { configWatch } from './config-watch.ts';
export { routerPair } from './router-pair.ts';
export { wakeWaiters } from './wake-waiters.ts';
