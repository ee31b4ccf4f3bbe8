/** Everything that a worker registers by name. */
export { createGateway } from './create-gateway.ts';
