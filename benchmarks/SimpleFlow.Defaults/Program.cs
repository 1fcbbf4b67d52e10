using SimpleFlow.Defaults;

if (args is not ["pictures", var folder]) return Comparison.Run(args);
HarderDigits.Write(folder);
return 0;
