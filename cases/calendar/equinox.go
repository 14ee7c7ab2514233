package calendar

import (
	"math"
	"time"
)

// equinox gives the day, in Tokyo, on which the sun stands at 0° (March) or 180°
// (September), by the series of Meeus, Astronomical Algorithms, chapter 27: good
// to about a minute. The government proclaims the day each February for the next
// year from such a computation.
func equinox(year int, month time.Month) time.Time {
	y := (float64(year) - 2000) / 1000
	mean := 2451623.80984 + y*(365242.37404+y*(0.05169+y*(-0.00411-y*0.00057)))
	if month == time.September {
		mean = 2451810.21715 + y*(365242.01767+y*(-0.11575+y*(0.00337+y*0.00078)))
	}
	t := (mean - 2451545) / 36525
	w := radians(35999.373*t - 2.47)
	lambda := 1 + 0.0334*math.Cos(w) + 0.0007*math.Cos(2*w)
	sum := 0.0
	for _, p := range periodic {
		sum += p[0] * math.Cos(radians(p[1]+p[2]*t))
	}
	jde := mean + 0.00001*sum/lambda
	// Julian Day 2440587.5 is the Unix epoch. Dynamical time runs ahead of the
	// clock by delta-T.
	seconds := (jde-2440587.5)*86400 - deltaT(year)
	tokyo := time.Unix(int64(math.Floor(seconds)), 0).UTC().Add(9 * time.Hour)
	return date(tokyo.Year(), tokyo.Month(), tokyo.Day())
}

func radians(deg float64) float64 { return deg * math.Pi / 180 }

// deltaT is dynamical time less universal time, in seconds: near enough for a
// day, between the 30 s of 1950 and some 200 s of 2100.
func deltaT(year int) float64 {
	y := float64(year) - 2000
	if y < 0 {
		return 63.86 + 0.68*y
	}
	return 63.86 + 0.3345*y + 0.0056*y*y
}

// periodic are the terms of table 27.C: amplitude, phase and rate in degrees.
var periodic = [...][3]float64{
	{485, 324.96, 1934.136},
	{203, 337.23, 32964.467},
	{199, 342.08, 20.186},
	{182, 27.85, 445267.112},
	{156, 73.14, 45036.886},
	{136, 171.52, 22518.443},
	{77, 222.54, 65928.934},
	{74, 296.72, 3034.906},
	{70, 243.58, 9037.513},
	{58, 119.81, 33718.147},
	{52, 297.17, 150.678},
	{50, 21.02, 2281.226},
	{45, 247.54, 29929.562},
	{44, 325.15, 31555.956},
	{29, 60.93, 4443.417},
	{18, 155.12, 67555.328},
	{17, 288.79, 4562.452},
	{16, 198.04, 62894.029},
	{14, 199.76, 31436.921},
	{12, 95.39, 14577.848},
	{12, 287.11, 31931.756},
	{12, 320.81, 34777.259},
	{9, 227.73, 1222.114},
	{8, 15.45, 16859.074},
}
