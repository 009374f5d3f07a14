/** The inspector of the main thread, as the kernel thread speaks to it: commands with answers, and events. */
import { type Debugger, type Runtime, Session } from "node:inspector";

/** The commands in use. https://chromedevtools.github.io/devtools-protocol/v8/ */
interface Commands {
  "Debugger.enable": [undefined, Debugger.EnableReturnType];
  "Debugger.disable": [undefined, void];
  "Debugger.pause": [undefined, void];
  "Debugger.resume": [undefined, void];
  "Debugger.stepInto": [undefined, void];
  "Debugger.stepOver": [undefined, void];
  "Debugger.stepOut": [undefined, void];
  "Debugger.setSkipAllPauses": [Debugger.SetSkipAllPausesParameterType, void];
  "Debugger.setBlackboxPatterns": [Debugger.SetBlackboxPatternsParameterType, void];
  "Debugger.setPauseOnExceptions": [Debugger.SetPauseOnExceptionsParameterType, void];
  "Debugger.setInstrumentationBreakpoint": [{ instrumentation: "beforeScriptExecution" }, void];
  "Debugger.getPossibleBreakpoints": [
    Debugger.GetPossibleBreakpointsParameterType,
    Debugger.GetPossibleBreakpointsReturnType,
  ];
  "Debugger.setBreakpoint": [Debugger.SetBreakpointParameterType, Debugger.SetBreakpointReturnType];
  "Debugger.removeBreakpoint": [Debugger.RemoveBreakpointParameterType, void];
  "Debugger.getScriptSource": [Debugger.GetScriptSourceParameterType, Debugger.GetScriptSourceReturnType];
  "Debugger.evaluateOnCallFrame": [
    Debugger.EvaluateOnCallFrameParameterType,
    Debugger.EvaluateOnCallFrameReturnType,
  ];
  "Runtime.evaluate": [Runtime.EvaluateParameterType, Runtime.EvaluateReturnType];
  "Runtime.callFunctionOn": [Runtime.CallFunctionOnParameterType, Runtime.CallFunctionOnReturnType];
  "Runtime.awaitPromise": [Runtime.AwaitPromiseParameterType, Runtime.AwaitPromiseReturnType];
  "Runtime.getProperties": [Runtime.GetPropertiesParameterType, Runtime.GetPropertiesReturnType];
  "Runtime.releaseObjectGroup": [Runtime.ReleaseObjectGroupParameterType, void];
}

interface Events {
  "Debugger.paused": Debugger.PausedEventDataType;
  "Debugger.resumed": undefined;
  "Debugger.scriptParsed": Debugger.ScriptParsedEventDataType;
}

export interface Inspector {
  /** Sends one command; rejects with the inspector's message when it is refused. */
  post<K extends keyof Commands>(
    command: K,
    ...parameters: Commands[K][0] extends undefined ? [] : [Commands[K][0]]
  ): Promise<Commands[K][1]>;
  on<K extends keyof Events>(event: K, listener: (event: Events[K]) => void): void;
  close(): void;
}

/** Connects to the main thread. Whatever it does there, the interrupter's session is another one. */
export function connectInspector(): Inspector {
  const session = new Session();
  session.connectToMainThread();
  return {
    post: (command, ...[parameters]) =>
      new Promise((resolve, reject) => {
        session.post(command, parameters ?? {}, (error, result) => {
          if (error === null) resolve(result as never);
          else reject(new Error(error.message));
        });
      }),
    on: (event, listener) => {
      session.on(event, ({ params }: { params: never }) => listener(params));
    },
    close: () => session.disconnect(),
  };
}
