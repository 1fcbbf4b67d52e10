using SimpleFlow.Defaults;

return Comparison.Run(args);
