/** Everything that a worker registers by name. */
export { createGateway } from './create-gateway.ts';
export { routerPair } from './router-pair.ts';
