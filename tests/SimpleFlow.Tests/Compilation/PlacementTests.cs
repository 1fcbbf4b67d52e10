using SimpleFlow.Compilation;

namespace SimpleFlow.Tests.Compilation;

public class PlacementTests
{
    [Fact]
    public void No_two_buffers_lie_in_one_place_at_one_time()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var lives = RandomLives(seed, count: 60, steps: 40);
            foreach (var place in new Func<List<Life>, long, long>[] { (lives, start) => Placement.LargestFirst(lives, start),
                (lives, start) => Placement.LongestFirst(lives, start), (lives, start) => Placement.Place(lives, start) })
            {
                var top = place(lives, 32);
                foreach (var one in lives)
                {
                    Assert.InRange(one.Offset, 32, top - one.Size);
                    foreach (var other in lives.Where(other => other != one && other.First <= one.Last && one.First <= other.Last))
                        Assert.True(one.Offset + one.Size <= other.Offset || other.Offset + other.Size <= one.Offset, $"seed {seed}");
                }
            }
        }
    }

    [Fact]
    public void The_smaller_of_both_ways_is_taken()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var lives = RandomLives(seed, count: 30, steps: 30);
            Assert.Equal(Math.Min(Placement.LargestFirst(lives, 0), Placement.LongestFirst(lives, 0)), Placement.Place(lives, 0));
        }
    }

    [Fact]
    public void Lives_within_lives_waste_nothing()
    {
        // What a step makes is needed until the step comes back; and something short in between.
        const int depth = 1_000;
        var lives = new List<Life>();
        for (var i = 0; i < depth; i++)
        {
            lives.Add(new Life(16 * (1 + i * 7919 % 13), i) { Last = 2 * depth - i });
            lives.Add(new Life(160, i) { Last = i });
        }
        Assert.Equal(Alive(lives, 2 * depth + 1), Placement.LongestFirst(lives, 0));
    }

    [Fact]
    public void Many_buffers_are_not_compared_in_pairs()
    {
        // Where looking at pairs would find the smaller arena, it is not found any more.
        var lives = Enumerable.Range(0, 100).Select(seed => RandomLives(seed, count: 30, steps: 30))
            .First(lives => Placement.LargestFirst(lives, 0) < Placement.LongestFirst(lives, 0));
        Assert.True(Placement.Place(lives, 0) < Placement.LongestFirst(lives, 0));
        for (var i = 0; i < Placement.MostInPairs; i++) lives.Add(new Life(16, 30 + i));
        var largest = Placement.LargestFirst(lives, 0);
        var longest = Placement.LongestFirst(lives, 0);
        Assert.True(largest < longest);
        Assert.Equal(longest, Placement.Place(lives, 0));
    }

    private static List<Life> RandomLives(int seed, int count, int steps)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var first = random.Next(steps);
            return new Life(16 * random.Next(1, 9), first) { Last = random.Next(first, steps) };
        })];
    }

    private static long Alive(List<Life> lives, int steps) =>
        Enumerable.Range(0, steps).Max(step => lives.Where(life => life.First <= step && step <= life.Last).Sum(life => life.Size));
}
