using SimpleFlow.Cli;

using var interrupt = new Interrupt();
var terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
var exitCode = Tool.Run(args, Console.Out, Console.Error, terminal, interrupt.Token);
return interrupt.ExitCode ?? exitCode;
