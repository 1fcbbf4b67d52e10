using SimpleFlow.Cli;

using var interrupt = new Interrupt();
var terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
// The library that draws must know that it draws on a terminal.
var exitCode = Tool.Run(args, terminal ? Console.Out : new StandardOutput(Console.Out), Console.Error, terminal, interrupt.Token);
return interrupt.ExitCode ?? exitCode;
