// Starts `mapwright lsp` for YAML files. The server itself knows which of them are mapping files.
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = () => {
  const command = workspace.getConfiguration("mapwright").get("path", "mapwright");
  const server = { command, args: ["lsp"] };
  const documentSelector = [{ language: "yaml" }];
  client = new LanguageClient("mapwright", "Mapwright", server, { documentSelector });
  return client.start();
};

exports.deactivate = () => client && client.stop();
