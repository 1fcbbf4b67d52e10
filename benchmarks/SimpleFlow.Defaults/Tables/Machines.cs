namespace SimpleFlow.Defaults;

/// <summary>
/// An imbalanced table: machines, of which about 3.4 % fail, each for one of four reasons that are thresholds of numbers and of their
/// products. Made much like the data set AI4I 2020 (Matzka, "Explainable artificial intelligence for predictive maintenance applications",
/// 2020), whose rows are made up too and whose rules are published.
/// </summary>
internal static class Machines
{
    private const int Rows = 5000;

    public static Table Make(int seed)
    {
        var random = new Random(seed);
        var (inputs, targets) = (new float[Rows][], new float[Rows]);
        double air = 0, drift = 0, wear = 0;
        for (var row = 0; row < Rows; row++)
        {
            // Quality: half is low, three tenths are medium, the rest is high.
            var drawn = random.NextDouble();
            var quality = drawn < 0.5 ? 0 : drawn < 0.8 ? 1 : 2;
            // Temperatures wander and come back; 2 K and 1 K are their deviations in the long run.
            (air, drift) = (Wander(air, 2), Wander(drift, 1));
            var (temperature, process) = (300 + air, 310 + air + drift);
            var torque = Math.Max(3.5, random.Normal(40, 10));
            var speed = 1540 * Math.Pow(40 / torque, 0.4) + random.Normal(0, 60);
            wear += 2 + quality + random.Next(3);
            var power = torque * speed * Math.Tau / 60;
            var fails = (wear > 200 && random.NextDouble() < 0.06)
                || (process - temperature < 8.6 && speed < 1380)
                || power < 3500 || power > 9000
                || wear * torque > 11_000 + 1000 * quality;
            var (isLow, isMedium) = (quality == 0 ? 1 : 0, quality == 1 ? 1 : 0);
            inputs[row] = [isLow, isMedium, (float)temperature, (float)process, (float)speed, (float)torque, (float)wear];
            targets[row] = fails ? 1 : 0;
            if (wear > 240 || (fails && wear > 200)) wear = 0;
        }
        return new Table("machine failures, 3.4 %", Measure.AreaUnderCurve, inputs, targets);

        double Wander(double before, double deviation) => 0.99 * before + random.Normal(0, deviation * Math.Sqrt(1 - 0.99 * 0.99));
    }
}
