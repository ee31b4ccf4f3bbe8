/** The `gateway-saga` command with the times of `watch-times.ts`. */
import './watch-times.ts';
import '../../command/main.ts';
