/** Every request, reply and publication of the Jupyter protocol that the kernel knows, names as on the wire. */

import type { Channel } from "./connection-file.ts";

/** The version of the protocol spoken here. */
export const PROTOCOL_VERSION = "5.5";

export type Fields = Readonly<Record<string, unknown>>;
export type MimeBundle = Readonly<Record<string, unknown>>;

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#message-header */
export interface Header {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
  /** https://jupyter.org/enhancement-proposals/91-kernel-subshells/kernel-subshells.html; none is the main shell. */
  readonly subshell_id?: string | null;
}

/** A message as it travels, routing identities first. */
export interface Message {
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  readonly parent_header: Header | Record<string, never>;
  readonly metadata: Fields;
  readonly content: Fields;
  readonly buffers: readonly Uint8Array[];
}

/** What a failed request answers in place of its reply. */
export interface ErrorReply {
  readonly status: "error";
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** Requests and their replies. */
export interface Requests {
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-info */
  kernel_info: { request: Record<string, never>; reply: KernelInfoReply };
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute */
  execute: { request: ExecuteRequest; reply: ExecuteReply };
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#completion */
  complete: { request: CompleteRequest; reply: CompleteReply };
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#introspection */
  inspect: { request: InspectRequest; reply: InspectReply };
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#code-completeness */
  is_complete: { request: IsCompleteRequest; reply: IsCompleteReply };
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#history */
  history: { request: HistoryRequest; reply: HistoryReply };
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#comm-info */
  comm_info: { request: CommInfoRequest; reply: CommInfoReply };
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-interrupt */
  interrupt: { request: Record<string, never>; reply: { readonly status: "ok" } };
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-shutdown */
  shutdown: { request: ShutdownRequest; reply: ShutdownReply };
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#connect */
  connect: { request: Record<string, never>; reply: ConnectReply };
  /** Beyond the specification: what ipykernel answers and jupyter-resource-usage asks. */
  usage: { request: Record<string, never>; reply: UsageReply };
  /** https://jupyter.org/enhancement-proposals/91-kernel-subshells/kernel-subshells.html */
  create_subshell: {
    request: Record<string, never>;
    reply: { readonly status: "ok"; readonly subshell_id: string };
  };
  list_subshell: {
    request: Record<string, never>;
    reply: { readonly status: "ok"; readonly subshell_id: readonly string[] };
  };
  delete_subshell: { request: { readonly subshell_id: string }; reply: { readonly status: "ok" } };
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#debug-request */
  debug: { request: Fields; reply: Fields };
}

/** Messages from a client that are not answered. https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages */
export interface Notices {
  comm_open: CommNotice;
  comm_msg: CommNotice;
  comm_close: CommNotice;
}
export type CommNotice = { readonly comm_id: string } & Fields;

export interface KernelInfoReply {
  readonly status: "ok";
  readonly protocol_version: string;
  readonly implementation: string;
  readonly implementation_version: string;
  readonly language_info: {
    readonly name: string;
    readonly version: string;
    readonly mimetype: string;
    readonly file_extension: string;
    readonly pygments_lexer: string;
    readonly codemirror_mode: string | Fields;
    readonly nbconvert_exporter: string;
  };
  readonly banner: string;
  readonly debugger: boolean;
  readonly help_links: readonly { readonly text: string; readonly url: string }[];
  readonly supported_features: readonly string[];
}

export interface ExecuteRequest {
  readonly code: string;
  readonly silent: boolean;
  readonly store_history: boolean;
  readonly user_expressions: Readonly<Record<string, string>>;
  readonly allow_stdin: boolean;
  readonly stop_on_error: boolean;
}
export type ExecuteReply =
  | {
      readonly status: "ok";
      readonly execution_count: number;
      readonly user_expressions: Readonly<Record<string, ExpressionResult>>;
      readonly payload: readonly Fields[];
    }
  | (ErrorReply & { readonly execution_count: number; readonly payload?: readonly Fields[] })
  | { readonly status: "aborted"; readonly execution_count: number };
export type ExpressionResult =
  | { readonly status: "ok"; readonly data: MimeBundle; readonly metadata: MimeBundle }
  | ErrorReply;

/** `cursor_pos`, `cursor_start` and `cursor_end` count Unicode code points. */
export interface CompleteRequest {
  readonly code: string;
  readonly cursor_pos: number;
}
export interface CompleteReply {
  readonly status: "ok";
  readonly matches: readonly string[];
  readonly cursor_start: number;
  readonly cursor_end: number;
  readonly metadata: Fields;
}

export interface InspectRequest {
  readonly code: string;
  readonly cursor_pos: number;
  readonly detail_level: 0 | 1;
}
export interface InspectReply {
  readonly status: "ok";
  readonly found: boolean;
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
}

export interface IsCompleteRequest {
  readonly code: string;
}
export interface IsCompleteReply {
  readonly status: "complete" | "incomplete" | "invalid" | "unknown";
  readonly indent?: string;
}

export type HistoryRequest = { readonly output: boolean; readonly raw: boolean } & (
  | { readonly hist_access_type: "tail"; readonly n: number }
  | {
      readonly hist_access_type: "range";
      readonly session: number;
      readonly start: number;
      readonly stop: number | null;
    }
  | {
      readonly hist_access_type: "search";
      readonly pattern: string;
      readonly n: number | null;
      readonly unique: boolean;
    }
);
export type HistoryItem = readonly [
  session: number,
  line: number,
  input: string | readonly [input: string, output: string | null],
];
export interface HistoryReply {
  readonly status: "ok";
  readonly history: readonly HistoryItem[];
}

export interface CommInfoRequest {
  readonly target_name: string | null;
}
export interface CommInfoReply {
  readonly status: "ok";
  readonly comms: Readonly<Record<string, { readonly target_name: string }>>;
}

export interface ShutdownRequest {
  readonly restart: boolean;
}
export interface ShutdownReply {
  readonly status: "ok";
  readonly restart: boolean;
}

export type ConnectReply = { readonly status: "ok" } & {
  readonly [C in Channel as `${C}_port`]: number;
};

/** https://psutil.readthedocs.io has the meaning of the numbers: bytes, and per cent of one processor. */
export interface UsageReply {
  readonly status: "ok";
  readonly hostname: string;
  readonly pid: number;
  /** Of the kernel's process and all that it has started. */
  readonly kernel_cpu: number;
  readonly kernel_memory: number;
  readonly cpu_count: number;
  /** Of all processors. */
  readonly host_cpu_percent: number;
  readonly host_virtual_memory: {
    readonly total: number;
    readonly available: number;
    readonly percent: number;
    readonly used: number;
    readonly free: number;
  } & Readonly<Record<string, number>>;
}

/** What goes out on iopub. https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-iopub-pub-sub-channel */
export interface Publications {
  iopub_welcome: { readonly subscription: string };
  status: { readonly execution_state: "starting" | "busy" | "idle" };
  execute_input: { readonly code: string; readonly execution_count: number };
  execute_result: {
    readonly execution_count: number;
    readonly data: MimeBundle;
    readonly metadata: MimeBundle;
    readonly transient?: Fields;
  };
  stream: { readonly name: "stdout" | "stderr"; readonly text: string };
  display_data: { readonly data: MimeBundle; readonly metadata: MimeBundle; readonly transient: Fields };
  update_display_data: {
    readonly data: MimeBundle;
    readonly metadata: MimeBundle;
    readonly transient: Fields;
  };
  clear_output: { readonly wait: boolean };
  error: { readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] };
  comm_open: Fields;
  comm_msg: Fields;
  comm_close: Fields;
  /** So that the other clients learn that the kernel ends. */
  shutdown_reply: ShutdownReply;
  /** https://jupyter-client.readthedocs.io/en/stable/messaging.html#debug-event */
  debug_event: Fields;
}

/** What the kernel asks a client on stdin. https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-stdin-router-dealer-channel */
export interface InputRequest {
  readonly prompt: string;
  readonly password: boolean;
}
