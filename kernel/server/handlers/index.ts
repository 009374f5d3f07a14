/** The table of handlers: one for each request, or it does not compile. */
import { comm_info, commNotice } from "./comm.ts";
import { complete } from "./complete.ts";
import { connect } from "./connect.ts";
import { debug } from "./debug.ts";
import { execute } from "./execute.ts";
import type { Handlers, NoticeHandlers } from "./handler.ts";
import { history } from "./history.ts";
import { inspect } from "./inspect.ts";
import { interrupt } from "./interrupt.ts";
import { is_complete } from "./is-complete.ts";
import { kernel_info } from "./kernel-info.ts";
import { shutdown } from "./shutdown.ts";
import { create_subshell, delete_subshell, list_subshell } from "./subshell.ts";
import { usage } from "./usage.ts";

export const handlers: Handlers = {
  kernel_info,
  execute,
  complete,
  inspect,
  is_complete,
  history,
  comm_info,
  interrupt,
  shutdown,
  connect,
  usage,
  create_subshell,
  delete_subshell,
  list_subshell,
  debug,
};

export const notices: NoticeHandlers = {
  comm_open: commNotice("comm_open"),
  comm_msg: commNotice("comm_msg"),
  comm_close: commNotice("comm_close"),
};
