// Programs that only the public part of the library makes possible: own ops, own optimizers, own loops. Each file is one of them.
//
//   dotnet pack ../../src/SimpleFlow -c Release -o packages      makes the package that this project uses (in this folder)
//   dotnet run -c Release                                        lists the programs
//   dotnet run -c Release -- gan                                 runs one
//   dotnet run -c Release -- all                                 runs all of them

using System.Diagnostics;
using YourOwn;

(string Name, string What, Action Run)[] programs =
[
    ("ops", "an elementwise op and a general one, checked, explained and trained", OwnOps.Run),
    ("lion", "an optimizer in ten lines, saved and continued to the same bits", LionTraining.Run),
    ("initializer", "orthogonal weights", Orthogonal.Run),
    ("layer", "a layer in a network that is saved and loaded", OwnLayer.Run),
    ("l-bfgs", "a method that looks at gradients several times for a step", Lbfgs.Run),
    ("fine-tune", "a trained network learns another task: frozen in the middle, with rates of their own around it", FineTune.Run),
    ("much-data", "a file larger than the memory it may use, and a sequence", MuchData.Run),
    ("threads", "a predictor on 64 threads, with training beside it", ManyThreads.Run),
    ("gan", "a GAN on eight clusters in the plane", Gan.Run),
    ("vae", "a variational autoencoder whose decoder is then used alone", Vae.Run),
    ("siamese", "two towers with the same weights tell whether two waves have the same frequency", Siamese.Run),
    ("cart-pole", "an agent learns to balance a pole, by REINFORCE", CartPole.Run),
];

var chosen = args is ["all"] ? programs : [.. programs.Where(program => args.Contains(program.Name))];
if (chosen.Length == 0 || args.Any(name => name != "all" && !programs.Any(program => program.Name == name)))
{
    Console.WriteLine("Which program? Give one or more names, or `all`:");
    foreach (var (name, what, _) in programs) Console.WriteLine($"  {name,-12} {what}");
    return 1;
}
foreach (var (name, what, run) in chosen)
{
    Console.WriteLine($"{name}: {what}");
    var clock = Stopwatch.StartNew();
    run();
    Console.WriteLine($"  {clock.Elapsed.TotalSeconds:F1} s");
}
return 0;
