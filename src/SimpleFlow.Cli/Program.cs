using SimpleFlow.Cli;

using var interrupt = new Interrupt();
var terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
// A terminal must be known as one to what draws on it.
var exitCode = Tool.Run(args, terminal ? Console.Out : new StandardOutput(Console.Out), Console.Error, terminal, interrupt.Token);
return interrupt.ExitCode ?? exitCode;
