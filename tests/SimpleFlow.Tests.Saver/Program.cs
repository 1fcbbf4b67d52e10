using System.Globalization;
using SimpleFlow.Tests.Saver;

// FOLDER: saves after every step until it is killed. FOLDER CULTURE SEED…: goes on with trainings
// that were stopped, and writes what they come to.
if (args is [var folder])
{
    new SavedTraining().SaveEveryStep(folder, Console.Out);
    return;
}
Console.OutputEncoding = new System.Text.UTF8Encoding(false);
OddCulture.Under(OddCulture.Of(args[1]), () =>
{
    Console.WriteLine($"{CultureInfo.CurrentCulture.Name} {1.5}");
    foreach (var seed in args[2..])
    {
        var training = new RandomTraining(int.Parse(seed, CultureInfo.InvariantCulture));
        var run = Path.Combine(args[0], seed);
        var network = training.Network is null ? null : SimpleFlow.Network.Load(Path.Combine(run, "network"), threads: 1);
        training.Fit(run);
        Console.WriteLine($"{seed} {training.Hash(network)}");
    }
});
