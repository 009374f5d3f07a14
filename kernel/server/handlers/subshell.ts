/** https://jupyter.org/enhancement-proposals/91-kernel-subshells/kernel-subshells.html */
import type { Handler } from "./handler.ts";

export const create_subshell: Handler<"create_subshell"> = async (_request, { subshells }) => ({
  status: "ok",
  subshell_id: subshells.create(),
});

export const list_subshell: Handler<"list_subshell"> = async (_request, { subshells }) => ({
  status: "ok",
  subshell_id: subshells.list(),
});

export const delete_subshell: Handler<"delete_subshell"> = async ({ subshell_id }, { subshells }) => {
  subshells.delete(subshell_id);
  return { status: "ok" };
};
