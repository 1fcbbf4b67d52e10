using SimpleFlow.Tests.Saver;

new SavedTraining().SaveEveryStep(args[0], Console.Out);
