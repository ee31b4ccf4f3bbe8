import {
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ConnectionOptions,
} from '@temporalio/client';
import { messageOf } from '../gateway/display.ts';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Parameters<Interceptor>[1]>;
type Listener = Parameters<Call['start']>[1];
type Status = Parameters<NonNullable<NonNullable<Listener>['onReceiveStatus']>>[0];
type Metadata = Parameters<Call['start']>[0];

/** gRPC's CANCELLED: nothing retries it. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is gRPC's own, and gRPC no dependency of ours
const CANCELLED = 1 as Status['code'];

/**
 * Makes a call on a closed channel end with a status. Without it gRPC throws. The SDK retries calls from a timer, where nothing could catch
 * that error, and the process would end.
 */
export const endsOnClosedChannel = ((
  options: Parameters<Interceptor>[0],
  nextCall: Parameters<Interceptor>[1],
): Call => {
  try {
    return nextCall(options);
  } catch (error) {
    const details = messageOf(error);
    const ended = {
      start: (metadata: Metadata, listener?: Listener) =>
        listener?.onReceiveStatus?.({ code: CANCELLED, details, metadata }),
      sendMessage: () => undefined,
      halfClose: () => undefined,
      cancelWithStatus: () => undefined,
      startRead: () => undefined,
      getPeer: () => '',
    };
    return ended as unknown as Call;
  }
}) as Interceptor;

/** The SDK's own retry of calls, and around each try `endsOnClosedChannel`. */
export const safeInterceptors: readonly Interceptor[] = [
  makeGrpcRetryInterceptor(defaultGrpcRetryOptions()),
  endsOnClosedChannel,
];
